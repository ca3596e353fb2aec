"""Who somebody is to the system: a private sign-in name, proofs, sessions; never a name or an address."""

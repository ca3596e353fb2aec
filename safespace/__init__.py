"""A moderated peer-support forum for young people in mental-health treatment, guided by clinicians."""

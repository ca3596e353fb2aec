"""The one part that is compiled; everything else about the package stands in pyproject.toml."""

from setuptools import Extension, setup

setup(
    ext_modules=[
        Extension(
            "safespace.moderation.risk._speedups",
            ["safespace/moderation/risk/_speedups.pyx"],
            # Without a compiler the same is found without it, more slowly.
            optional=True,
        )
    ]
)

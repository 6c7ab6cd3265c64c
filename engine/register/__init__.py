"""The register of a process's cases, and past years' cases brought in from workbooks."""

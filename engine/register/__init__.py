"""The register of a process's cases, its workbook, and past years' cases brought in from workbooks."""

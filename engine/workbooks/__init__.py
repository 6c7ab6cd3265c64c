"""Workbooks (XLSX): those that people upload, refused when they could do harm, and those that we write."""

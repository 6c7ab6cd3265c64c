"""The approval as a Django application of django-viewflow."""

"""Pages in the browser. A view parses, makes one engine call and answers."""

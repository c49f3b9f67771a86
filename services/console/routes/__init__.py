"""HTTP of the console: the page, the development issuer and clock, and the forwarded services."""

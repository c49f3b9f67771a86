"""What two services need, once: kernel, contracts, statute, roster. Knows no service."""

"""Tests that need two services, a browser, or what deploys them."""

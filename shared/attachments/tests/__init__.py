"""Tests of the store on a real folder and a real S3 server."""

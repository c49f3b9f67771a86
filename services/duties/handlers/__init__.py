"""What duties does, one function a verb: load, decide, save, emit."""

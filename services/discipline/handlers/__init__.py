"""One async function per verb: load, decide, save, emit."""

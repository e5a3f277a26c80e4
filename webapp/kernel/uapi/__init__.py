"""include/uapi/linux: the constants and request records that user space and kernel share."""

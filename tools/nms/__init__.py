"""What contrib/ has for network management systems, made from the MIB modules."""

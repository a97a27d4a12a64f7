"""Settings, addresses and the way the product is started."""

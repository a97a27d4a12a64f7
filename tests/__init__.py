"""Everything that proves what the product promises."""

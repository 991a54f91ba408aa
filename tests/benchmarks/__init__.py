"""The benchmark: `make bench` measures the product on generated recommendations, beside raw SQL in the same run."""

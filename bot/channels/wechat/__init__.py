"""WeChat Official Account: callback in, passive reply or customer-service message out."""

"""What a provider's Prometheus can say of a server: the questions, in PromQL, and the facts that its answers are. Pure."""

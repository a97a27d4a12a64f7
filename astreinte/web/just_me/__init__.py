"""*Just me?*: is a site up for everyone; for whoever is signed in, for anybody where the provider opens it, and by a shared link."""

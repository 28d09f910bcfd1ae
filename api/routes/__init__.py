"""One module per resource; `api.app` lists their routers."""

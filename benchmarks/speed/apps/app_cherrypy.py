import cherrypy


class Root:
    @cherrypy.expose
    @cherrypy.tools.json_out()
    def json(self) -> dict[str, str]:
        return {"message": "Hello, World"}


cherrypy.config.update({"environment": "embedded", "log.screen": False})
app = cherrypy.Application(Root(), "")

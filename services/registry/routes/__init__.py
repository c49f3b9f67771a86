"""The registry over HTTP."""

from services.registry.routes.accidents import router as accidents
from services.registry.routes.answers import router as answers
from services.registry.routes.appointments import router as appointments
from services.registry.routes.exports import router as exports
from services.registry.routes.imports import router as imports
from services.registry.routes.imports import uploads
from services.registry.routes.officials import router as officials
from services.registry.routes.officials import searches
from services.registry.routes.organs import router as organs
from services.registry.routes.portfolios import router as portfolios
from services.registry.routes.regions import router as regions

ROUTERS = (
    regions,
    organs,
    officials,
    searches,
    appointments,
    portfolios,
    answers,
    accidents,
    imports,
    uploads,
    exports,
)

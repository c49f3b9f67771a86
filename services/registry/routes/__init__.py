"""The registry over HTTP."""

from services.registry.routes.accidents import router as accidents
from services.registry.routes.answers import router as answers
from services.registry.routes.appointments import causes
from services.registry.routes.appointments import router as appointments
from services.registry.routes.exports import router as exports
from services.registry.routes.findings import declarations
from services.registry.routes.findings import router as findings
from services.registry.routes.imports import router as imports
from services.registry.routes.imports import uploads
from services.registry.routes.officials import router as officials
from services.registry.routes.officials import searches
from services.registry.routes.organs import router as organs
from services.registry.routes.portfolios import router as portfolios
from services.registry.routes.proceedings import router as proceedings
from services.registry.routes.regions import router as regions
from services.registry.routes.regions_over_time import router as regions_over_time
from services.registry.routes.successions import router as successions
from services.registry.routes.zones import router as zones

ROUTERS = (
    regions,
    organs,
    officials,
    searches,
    appointments,
    portfolios,
    answers,
    accidents,
    proceedings,
    causes,
    regions_over_time,
    zones,
    successions,
    findings,
    declarations,
    imports,
    uploads,
    exports,
)

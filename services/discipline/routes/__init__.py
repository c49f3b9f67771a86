"""HTTP in and out."""

from services.discipline.routes.cases import router as cases
from services.discipline.routes.catalogue import router as catalogue
from services.discipline.routes.exemptions import router as exemptions
from services.discipline.routes.leads import router as leads
from services.discipline.routes.vetoes import router as vetoes

ROUTERS = (leads, cases, exemptions, vetoes, catalogue)

"""docs/kernel-map.md: which function of the model plays which function of the kernel."""

import importlib
import pkgutil
from itertools import groupby

import webapp.kernel
from webapp.kernel.kfunc import SITES, Site

HEAD = """# Kernel map

Which function of `webapp/kernel` plays which function of Linux {version}; made from `@kfunc` (`make docs`).
"""


def kernel_map() -> str:
    """The page's text: a table for each file of the kernel."""
    for module in pkgutil.walk_packages(webapp.kernel.__path__, "webapp.kernel."):
        importlib.import_module(module.name)
    parts = [HEAD.format(version=webapp.kernel.KERNEL_VERSION)]
    for file, sites in groupby(sorted(SITES, key=lambda site: (site.file, site.symbol)), key=lambda site: site.file):
        rows = "".join(f"| `{site.symbol}` | {place(site)} |\n" for site in sites)
        parts.append(f"## {file}\n\n| kernel | model |\n| --- | --- |\n{rows}")
    return "\n".join(parts)


def place(site: Site) -> str:
    """Where the model's function stands: `core/dev.py` dev_queue_xmit."""
    assert site.original is not None
    module = str(site.original.__globals__["__name__"]).removeprefix("webapp.kernel.").replace(".", "/")
    return f"`{module}.py` {site.original.__code__.co_qualname}"

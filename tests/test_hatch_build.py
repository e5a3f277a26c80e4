import json
import shutil
from pathlib import Path

import pytest

import hatch_build
from webapp import assets

REPOSITORY = Path(hatch_build.__file__).parent


@pytest.fixture
def checkout(tmp_path):
    """A repository with the front end's configuration and one page, without packages and without a bundle."""
    pages = tmp_path / "static" / "src" / "pages"
    pages.mkdir(parents=True)
    (pages / "home.ts").write_text("console.log(1);\n")
    for name in hatch_build.CONFIGURATION:
        shutil.copy(REPOSITORY / "static" / name, tmp_path / "static" / name)
    return tmp_path


def as_if_built(checkout):
    stamp = checkout / "static" / "build" / "sources.sha256"
    stamp.parent.mkdir()
    stamp.write_text(hatch_build.digest(checkout / "static", hatch_build.sources(checkout / "static")))


def test_a_fresh_bundle_is_kept_without_installing_anything(checkout):
    as_if_built(checkout)
    hatch_build.build(checkout)
    assert not (checkout / "static" / "node_modules").exists()


@pytest.mark.parametrize("changed", ["src/pages/home.ts", "src/pages/other.ts", "package-lock.json", "tsconfig.json"])
def test_a_changed_source_asks_for_a_build_and_a_build_that_fails_says_so(checkout, changed):
    as_if_built(checkout)
    (checkout / "static" / "package.json").write_text("{ no JSON")  # npm ends here, before it asks a registry
    (checkout / "static" / changed).write_text("changed")
    with pytest.raises(hatch_build.FrontEndError, match=r"package\.json"):
        hatch_build.build(checkout)


def test_a_checkout_serves_what_was_built_in_it_and_every_page_and_language_is_an_entry():
    assert REPOSITORY / "static" / "build" == assets.BUILD
    manifest = json.loads((assets.BUILD / "manifest.json").read_text())
    pages = (REPOSITORY / "static" / "src" / "pages").glob("*.ts")
    entries = {key for key, chunk in manifest.items() if chunk.get("isEntry")}
    # gallery.ts shows the parts to who works on them, and is built on request; player.ts is a bundle of its own
    served = {page.name for page in pages if not page.name.endswith(".test.ts")} - {"gallery.ts", "player.ts"}
    languages = {folder.parent.name for folder in (REPOSITORY / "static" / "src" / "text").glob("*/index.ts")}
    assert entries == {f"src/pages/{name}" for name in served} | {f"src/text/{name}/index.ts" for name in languages}


def test_the_lock_file_pins_content_but_no_place_to_download_from():
    packages = json.loads((REPOSITORY / "static" / "package-lock.json").read_text())["packages"]
    installed = [package for path, package in packages.items() if path]
    assert all("integrity" in package and "resolved" not in package for package in installed)

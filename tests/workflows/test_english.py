"""The shipped processes say everything in English as well."""

from pathlib import Path

import pytest

from engine.definitions.folder import MANIFEST, ProcessFolder
from engine.definitions.locales import ENGLISH, untranslated

SHIPPED = sorted(path.parent for path in (Path(__file__).parent.parent.parent / "workflows").glob(f"*/{MANIFEST}"))


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)
def test_every_text_of_a_shipped_process_has_an_english_one(folder: Path) -> None:
    resources = ProcessFolder.read(folder).resources
    assert ENGLISH in resources
    assert untranslated(resources) == []

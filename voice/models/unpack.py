import shutil
import zipfile
from pathlib import Path


class BadArchive(Exception):
    """Not a zip, or not one of a single model folder."""


def unpack(archive: Path, target: Path) -> None:
    """Unpack a model's zip, whose one top folder becomes `target`; replaces what was there.

    Whoever looks meanwhile finds the old folder or the new one, never half of it.
    """
    temporary = target.with_name(f".{target.name}.unpacking")
    shutil.rmtree(temporary, ignore_errors=True)
    try:
        with zipfile.ZipFile(archive) as opened:
            opened.extractall(temporary)
        (top,) = temporary.iterdir()
    except (zipfile.BadZipFile, ValueError) as error:
        raise BadArchive(f"{archive.name}: {error}") from None
    if target.exists():
        shutil.rmtree(target)
    top.replace(target)
    temporary.rmdir()

import errno


class StorageFull(OSError):
    """The disk is full: what was to be written was not, what was written before is whole."""

    def __init__(self, what: str) -> None:
        super().__init__(errno.ENOSPC, f"磁盘满了，{what}没有写下：请清出空间")


def is_full(error: OSError) -> bool:
    return error.errno in (errno.ENOSPC, errno.EDQUOT)

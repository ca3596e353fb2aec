class Book:
    def __init__(
        self,
        nodes: list[tuple[int, int, int, tuple[int, ...]]],
        among: list[list[int]],
        phrases: list[tuple[int, int, tuple[int, ...]]],
        asked: list[list[int]],
    ) -> None: ...
    def read(
        self, words: list[tuple[int, ...]], breaks: list[bool]
    ) -> dict[int, list[tuple[int, int, int, tuple[int, ...]]]]: ...

class Book:
    def __init__(
        self,
        nodes: list[tuple[int, int, int, tuple[int, ...]]],
        sets: list[list[int]],
        phrases: list[tuple[int, int, int]],
        asked: list[list[int]],
    ) -> None: ...
    def read(
        self, words: list[tuple[int, ...]], breaks: list[bool]
    ) -> dict[int, list[tuple[int, int, int, tuple[int, ...]]]]: ...

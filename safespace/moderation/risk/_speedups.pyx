# cython: language_level=3
"""Finds phrases as `found.py` does, compiled: places are the bits of one number, here of a row of machine words.

Where it is not built the service finds the same without it, only more slowly; the tests hold both to the same answers.
All figures about a text lie in one heap, which is given back when the text is read.
"""

from libc.stdint cimport int32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memcpy, memset

cdef extern from *:
    int __builtin_ctzll(unsigned long long bits)

ctypedef uint64_t Bits

cdef enum:
    WORD = 0
    ANY = 1
    ROW = 2
    GAP = 3
    CHOICE = 4
    CHUNK = 1 << 16
    # A phrase that stands in a text more often than this says nothing new; the first places are kept.
    MOST_ENDS = 100

cdef struct Way:  # one way to say a part: how many words, and the places where it starts
    int32_t length
    Bits *starts

cdef struct Ways:
    int32_t count
    Way *each

cdef struct Chunk:
    Chunk *before

cdef struct Place:  # from word `start` to word `end`, and the words between that it only skipped
    int32_t start
    int32_t end
    int32_t gaps
    int32_t *skipped


cdef int32_t *_row(list values) except NULL:
    cdef int32_t *made = <int32_t *> malloc((len(values) + 1) * sizeof(int32_t))
    cdef Py_ssize_t at
    if made == NULL:
        raise MemoryError
    for at in range(len(values)):
        made[at] = values[at]
    return made


cdef list _ends(list lists):
    cdef list ends = [0]
    for one in lists:
        ends.append(ends[-1] + len(one))
    return ends


cdef class Book:
    """Phrases as rows of numbers; holds no text, and may be shared by threads.

    `nodes`: (kind, argument, most words, children) with children before what is made of them; the argument is the number
    of a set of words, the words that a gap may skip, or whether a choice may be left out. `sets`: for every word the sets that it is in.
    `phrases`: (owner, node, length or -1) in order of their owners. `asked`: for every word the phrases that it calls up.
    """

    cdef int32_t *kind
    cdef int32_t *argument
    cdef int32_t *most
    cdef int32_t *parts_from
    cdef int32_t *parts
    cdef int32_t *skips
    cdef int32_t *sets_from
    cdef int32_t *sets_of
    cdef int32_t *owner
    cdef int32_t *node
    cdef int32_t *length
    cdef int32_t *asked_from
    cdef int32_t *asked
    cdef Py_ssize_t nodes, sets, phrases, words

    def __cinit__(self, list nodes, list sets, list phrases, list asked):
        self.nodes, self.phrases, self.words = len(nodes), len(phrases), len(sets)
        self.sets = 1 + max([which for among in sets for which in among], default=-1)
        self.kind = _row([node[0] for node in nodes])
        self.argument = _row([node[1] for node in nodes])
        self.most = _row([node[2] for node in nodes])
        self.parts_from = _row(_ends([node[3] for node in nodes]))
        self.parts = _row([part for node in nodes for part in node[3]])
        skips = []
        for node in nodes:
            skips.append(node[0] == GAP or any([skips[part] for part in node[3]]))
        self.skips = _row(skips)
        self.sets_from = _row(_ends(sets))
        self.sets_of = _row([which for among in sets for which in among])
        self.owner = _row([phrase[0] for phrase in phrases])
        self.node = _row([phrase[1] for phrase in phrases])
        self.length = _row([phrase[2] for phrase in phrases])
        self.asked_from = _row(_ends(asked))
        self.asked = _row([number for numbers in asked for number in numbers])

    def __dealloc__(self):
        free(self.kind)
        free(self.argument)
        free(self.most)
        free(self.parts_from)
        free(self.parts)
        free(self.skips)
        free(self.sets_from)
        free(self.sets_of)
        free(self.owner)
        free(self.node)
        free(self.length)
        free(self.asked_from)
        free(self.asked)

    def read(self, list words, list breaks):
        """Promise, by owner, (owner, first word, last word, words that it only skipped) of all that stands in `words`.

        `words` are the numbers that each stands for; nothing reaches over a break. In text order, none inside a longer one.
        """
        cdef dict found = {}
        _Reading(self, words, breaks).into(found)
        return found


cdef bint _plainer(Place *one, Place *other) noexcept:
    """Tell whether `one` reaches farther back than `other`, or as far with fewer or earlier words skipped."""
    cdef int32_t step
    if one.start != other.start:
        return one.start < other.start
    for step in range(min(one.gaps, other.gaps)):
        if one.skipped[step] != other.skipped[step]:
            return one.skipped[step] < other.skipped[step]
    return one.gaps < other.gaps


cdef class _Reading:
    """One text under way: where every word, every set of words and every part of a pattern stands, once it is asked."""

    cdef Book book
    cdef Chunk *heap
    cdef size_t left
    cdef Py_ssize_t wide, places, count
    cdef Bits **rows
    cdef Bits **masks
    cdef Ways **ways_of
    cdef char *own
    cdef char *called
    cdef int32_t *at
    cdef Bits *open
    cdef Bits *whole
    cdef Bits *every
    cdef Bits *nothing
    cdef Bits *here
    cdef Bits *there
    cdef Bits *named
    cdef Bits *ends
    cdef Place *best
    cdef Place **kept

    def __cinit__(self, Book book, list words, list breaks):
        cdef Py_ssize_t index, place = 0
        cdef int32_t number
        cdef tuple ids
        cdef object one
        cdef list there = []
        self.book = book
        self.count = len(words)
        if len(breaks) != self.count:
            raise ValueError("a break or none belongs to every word")
        self.places = self.count + sum(map(bool, breaks))
        self.wide = self.places // 64 + 1  # one more than the last place: what ends there ends behind it
        self.rows = <Bits **> calloc(book.words + 1, sizeof(Bits *))
        self.masks = <Bits **> calloc(book.sets + 1, sizeof(Bits *))
        self.ways_of = <Ways **> calloc(book.nodes + 1, sizeof(Ways *))
        self.own = <char *> calloc(book.sets + 1, 1)
        self.called = <char *> calloc(book.phrases + 1, 1)
        if self.rows == NULL or self.masks == NULL or self.ways_of == NULL or self.own == NULL or self.called == NULL:
            raise MemoryError
        self.at = <int32_t *> self.room((self.places + 1) * sizeof(int32_t))
        self.best = <Place *> self.room((self.count + 1) * sizeof(Place))
        self.kept = <Place **> self.room((self.count + 1) * sizeof(Place *))
        self.open, self.whole, self.every = self.bits(), self.bits(), self.bits()
        self.nothing, self.here, self.there, self.named = self.bits(), self.bits(), self.bits(), self.bits()
        self.ends = self.bits()
        memset(self.every, 0xFF, self.wide * sizeof(Bits))
        for index in range(self.count):
            if breaks[index] and index:  # an empty place that nothing reaches over
                self.at[place] = -1
                place += 1
            self.at[place] = index
            self.open[place >> 6] |= <Bits> 1 << (place & 63)
            ids = words[index]
            for one in ids:
                number = one
                if 0 <= number < book.words:
                    if self.rows[number] == NULL:
                        self.rows[number] = self.bits()
                        there.append(number)
                    self.rows[number][place >> 6] |= <Bits> 1 << (place & 63)
            place += 1
        self.places = place
        for index in range(place):
            self.whole[index >> 6] |= <Bits> 1 << (index & 63)
        for one in there:
            self.note(one)

    def __dealloc__(self):
        cdef Chunk *before
        free(self.rows)
        free(self.masks)
        free(self.ways_of)
        free(self.own)
        free(self.called)
        while self.heap != NULL:
            before = self.heap.before
            free(self.heap)
            self.heap = before

    cdef void *room(self, size_t size) except NULL:
        """Promise so many bytes of nought; they live as long as the reading."""
        cdef Chunk *chunk
        cdef size_t asked
        size = (size + 15) & ~(<size_t> 15)
        if size > self.left:
            asked = CHUNK if size < CHUNK else size
            chunk = <Chunk *> calloc(1, 16 + asked)
            if chunk == NULL:
                raise MemoryError
            chunk.before, self.heap, self.left = self.heap, chunk, asked
            # Handed out from the end, so that what is left is all there is to know.
        self.left -= size
        return <char *> self.heap + 16 + self.left

    cdef Bits *bits(self) except NULL:
        return <Bits *> self.room(self.wide * sizeof(Bits))

    cdef int note(self, int32_t word) except -1:
        """Tell every set of a word where it stands, and call up the phrases that ask for it."""
        cdef int32_t at, which
        cdef Py_ssize_t step
        cdef Bits *row = self.rows[word]
        for at in range(self.book.sets_from[word], self.book.sets_from[word + 1]):
            which = self.book.sets_of[at]
            if self.masks[which] == NULL:
                self.masks[which] = row
                continue
            if not self.own[which]:  # until now it was the row of one word
                self.own[which] = 1
                self.masks[which] = <Bits *> memcpy(self.bits(), self.masks[which], self.wide * sizeof(Bits))
            for step in range(self.wide):
                self.masks[which][step] |= row[step]
        for at in range(self.book.asked_from[word], self.book.asked_from[word + 1]):
            self.called[self.book.asked[at]] = 1
        return 0

    cdef int into(self, dict found) except -1:
        """Find every phrase that a word calls up; those of one owner follow each other."""
        cdef Py_ssize_t number = 0
        cdef int32_t owner
        cdef Py_ssize_t phrases = self.book.phrases
        while number < phrases:
            if not self.called[number]:
                number += 1
                continue
            owner = self.book.owner[number]
            while number < phrases and self.book.owner[number] == owner:
                if self.called[number]:
                    self.find(number)
                number += 1
            places = self.flush(owner)
            if places:
                found[owner] = places
        return 0

    cdef int find(self, Py_ssize_t number) except -1:
        cdef int32_t node = self.book.node[number], length = self.book.length[number]
        cdef int32_t start, end, place
        cdef Py_ssize_t word, kept = 0
        cdef Bits left
        cdef Bits *ends
        cdef Place one
        cdef bint skips = self.book.skips[node]
        if self.book.kind[node] == WORD:
            ends = self.mask(self.book.argument[node])
            for word in range(self.wide):
                left = ends[word]
                while left and kept < MOST_ENDS:
                    place = <int32_t> (word * 64 + __builtin_ctzll(left))
                    left &= left - 1
                    kept += 1
                    one.start = one.end = self.at[place]
                    one.gaps = 0
                    self.consider(&one)
            return 0
        if self.lacks(node) or not self.onward(node):
            return 0
        ends = self.bits()
        memcpy(ends, self.here, self.wide * sizeof(Bits))
        if skips:
            memset(self.named, 0, self.wide * sizeof(Bits))
            self.name(node)
        for word in range(self.wide):
            left = ends[word]
            while left and kept < MOST_ENDS:
                end = <int32_t> (word * 64 + __builtin_ctzll(left)) - 1
                left &= left - 1
                kept += 1
                start = end - length + 1 if length >= 0 else self.back(node, end + 1)
                one.gaps = 0
                if skips:  # words at its ends that only fill a gap are no part of it
                    while start < end and not self.stands(self.named, start):
                        start += 1
                    while end > start and not self.stands(self.named, end):
                        end -= 1
                    one.skipped = <int32_t *> self.room((end - start + 1) * sizeof(int32_t))
                    for place in range(start + 1, end):
                        if not self.stands(self.named, place):
                            one.skipped[one.gaps] = self.at[place]
                            one.gaps += 1
                one.start, one.end = self.at[start], self.at[end]
                self.consider(&one)
        return 0

    cdef bint stands(self, Bits *bits, int32_t place) noexcept:
        return (bits[place >> 6] >> (place & 63)) & 1

    cdef void consider(self, Place *one) noexcept:
        cdef Bits bit = <Bits> 1 << (one.end & 63)
        if not self.ends[one.end >> 6] & bit or _plainer(one, &self.best[one.end]):
            self.ends[one.end >> 6] |= bit
            self.best[one.end] = one[0]

    cdef list flush(self, int32_t owner):
        """Promise what was found for an owner, without what lies in something longer, and begin anew."""
        cdef Py_ssize_t word, at, count = 0
        cdef int32_t step
        cdef Bits left
        cdef Place *one
        cdef list places = []
        for word in range(self.wide):
            left = self.ends[word]
            self.ends[word] = 0
            while left:
                one = &self.best[word * 64 + __builtin_ctzll(left)]
                left &= left - 1
                while count and self.kept[count - 1].start >= one.start:
                    count -= 1
                self.kept[count] = one
                count += 1
        for at in range(count):
            one = self.kept[at]
            skipped = tuple([one.skipped[step] for step in range(one.gaps)]) if one.gaps else ()
            places.append((owner, one.start, one.end, skipped))
        return places

    cdef Bits *mask(self, int32_t which) noexcept:
        """The places of all words of a set."""
        return self.nothing if self.masks[which] == NULL else self.masks[which]

    cdef bint lacks(self, int32_t node) noexcept:
        """Tell whether a row asks for words that are not there: nearly every one does."""
        cdef int32_t at, part
        for at in range(self.book.parts_from[node], self.book.parts_from[node + 1]):
            part = self.book.parts[at]
            if self.book.kind[part] == WORD and self.masks[self.book.argument[part]] == NULL:
                return True
        return False

    cdef Ways *ways(self, int32_t node) except NULL:
        """How a part may be said in this text, by its length."""
        cdef Ways *made = self.ways_of[node]
        cdef int32_t kind = self.book.kind[node], most = self.book.most[node]
        if made != NULL:
            return made
        made = <Ways *> self.room(sizeof(Ways))
        made.each = <Way *> self.room((most + 1) * sizeof(Way))
        if kind == WORD or kind == ANY:
            made.each[0].length = 1
            made.each[0].starts = self.open if kind == ANY else self.mask(self.book.argument[node])
            made.count = made.each[0].starts != self.nothing
        elif kind == GAP:
            self.skipping(made, most)
        elif kind == ROW:
            if not self.lacks(node):
                self.row(made, node)
        else:
            self.choice(made, node)
        self.ways_of[node] = made
        return made

    cdef int skipping(self, Ways *made, int32_t most) except -1:
        cdef int32_t length
        cdef Bits *starts = self.every
        made.count = most + 1
        for length in range(most + 1):
            if length:
                starts = self.bits()
                _behind(starts, made.each[length - 1].starts, self.open, length - 1, self.wide)
            made.each[length].length, made.each[length].starts = length, starts
        return 0

    cdef int row(self, Ways *made, int32_t node) except -1:
        cdef int32_t most = self.book.most[node], part, one, other, length, count = 1
        cdef Way *now = made.each
        cdef Ways *more
        cdef Bits **by_length
        cdef Bits *both
        now[0].length, now[0].starts = 0, self.every
        for part in range(self.book.parts_from[node], self.book.parts_from[node + 1]):
            more = self.ways(self.book.parts[part])
            by_length = <Bits **> self.room((most + 1) * sizeof(Bits *))
            for one in range(count):
                for other in range(more.count):
                    length = now[one].length + more.each[other].length
                    both = by_length[length]
                    if both == NULL:
                        both = by_length[length] = self.bits()
                    _behind(both, now[one].starts, more.each[other].starts, now[one].length, self.wide)
            count = self.listed(now, by_length, most)
            if not count:
                break
        made.count = count
        return 0

    cdef int choice(self, Ways *made, int32_t node) except -1:
        cdef int32_t most = self.book.most[node], part, other, length
        cdef Py_ssize_t word
        cdef Ways *more
        cdef Bits **by_length = <Bits **> self.room((most + 1) * sizeof(Bits *))
        if self.book.argument[node]:
            by_length[0] = self.every
        for part in range(self.book.parts_from[node], self.book.parts_from[node + 1]):
            more = self.ways(self.book.parts[part])
            for other in range(more.count):
                length = more.each[other].length
                if by_length[length] == self.every:
                    continue
                if by_length[length] == NULL:
                    by_length[length] = self.bits()
                for word in range(self.wide):
                    by_length[length][word] |= more.each[other].starts[word]
        made.count = self.listed(made.each, by_length, most)
        return 0

    cdef int32_t listed(self, Way *ways, Bits **by_length, int32_t most) noexcept:
        """List the lengths that have any place."""
        cdef int32_t length, count = 0
        for length in range(most + 1):
            if by_length[length] != NULL and _any(by_length[length], self.wide):
                ways[count].length, ways[count].starts = length, by_length[length]
                count += 1
        return count

    cdef bint onward(self, int32_t node) except? True:
        """Tell whether the parts of a row stand behind each other anywhere; the places behind them are then `here`."""
        cdef int32_t part, child, step, kind
        cdef Ways *more
        memcpy(self.here, self.whole, self.wide * sizeof(Bits))
        for part in range(self.book.parts_from[node], self.book.parts_from[node + 1]):
            child = self.book.parts[part]
            kind = self.book.kind[child]
            if kind == GAP:
                for step in range(self.book.most[child]):
                    memcpy(self.there, self.here, self.wide * sizeof(Bits))
                    _ahead(self.there, self.here, self.open, 1, self.wide)
                    self.here, self.there = self.there, self.here
                continue
            memset(self.there, 0, self.wide * sizeof(Bits))
            if kind == WORD:
                _ahead(self.there, self.here, self.mask(self.book.argument[child]), 1, self.wide)
            else:
                more = self.ways(child)
                for step in range(more.count):
                    _ahead(self.there, self.here, more.each[step].starts, more.each[step].length, self.wide)
            self.here, self.there = self.there, self.here
            if not _any(self.here, self.wide):
                return False
        return True

    cdef int32_t back(self, int32_t node, int32_t end) except -1:
        """The first place where the parts of a row start that end right before `end`."""
        cdef int32_t part, child, step
        cdef Py_ssize_t word
        cdef Ways *more
        memset(self.here, 0, self.wide * sizeof(Bits))
        self.here[end >> 6] |= <Bits> 1 << (end & 63)
        for part in range(self.book.parts_from[node + 1] - 1, self.book.parts_from[node] - 1, -1):
            child = self.book.parts[part]
            memset(self.there, 0, self.wide * sizeof(Bits))
            if self.book.kind[child] == GAP:
                for step in range(self.book.most[child]):
                    memcpy(self.there, self.here, self.wide * sizeof(Bits))
                    _before(self.there, self.here, self.open, 1, self.wide)
                    self.here, self.there = self.there, self.here
                continue
            more = self.ways(child)
            for step in range(more.count):
                _before(self.there, self.here, more.each[step].starts, more.each[step].length, self.wide)
            self.here, self.there = self.there, self.here
        for word in range(self.wide):
            if self.here[word]:
                return <int32_t> (word * 64 + __builtin_ctzll(self.here[word]))
        raise ValueError("a phrase ends where none begins")

    cdef int name(self, int32_t node) except -1:
        """Add the places of all words that a part names to `named`."""
        cdef int32_t part
        cdef Py_ssize_t word
        cdef Bits *places
        if self.book.kind[node] == WORD:
            places = self.mask(self.book.argument[node])
            for word in range(self.wide):
                self.named[word] |= places[word]
        for part in range(self.book.parts_from[node], self.book.parts_from[node + 1]):
            self.name(self.book.parts[part])
        return 0


cdef bint _any(Bits *bits, Py_ssize_t wide) noexcept:
    cdef Py_ssize_t word
    for word in range(wide):
        if bits[word]:
            return True
    return False


cdef void _ahead(Bits *into, Bits *here, Bits *starts, int32_t length, Py_ssize_t wide) noexcept:
    """Add the places of `here` that are among `starts`, so many words further on."""
    cdef Py_ssize_t word, jump = length >> 6
    cdef int32_t step = length & 63
    for word in range(wide - jump):
        into[word + jump] |= (here[word] & starts[word]) << step
    if step:
        for word in range(wide - jump - 1):
            into[word + jump + 1] |= (here[word] & starts[word]) >> (64 - step)


cdef void _before(Bits *into, Bits *here, Bits *starts, int32_t length, Py_ssize_t wide) noexcept:
    """Add the places of `starts` that lie so many words before a place of `here`."""
    cdef Py_ssize_t word, jump = length >> 6
    cdef int32_t step = length & 63
    for word in range(wide - jump):
        into[word] |= (here[word + jump] >> step) & starts[word]
    if step:
        for word in range(wide - jump - 1):
            into[word] |= (here[word + jump + 1] << (64 - step)) & starts[word]


cdef void _behind(Bits *into, Bits *here, Bits *starts, int32_t length, Py_ssize_t wide) noexcept:
    """Add the places of `here` behind which, so many words on, is one of `starts`."""
    _before(into, starts, here, length, wide)

# cython: language_level=3
"""Finds phrases as `matching.py` does, compiled: places are the bits of one number, here of a row of machine words.

Where it is not built the service finds the same without it, only more slowly; the tests hold both to the same answers.
All figures about a text lie in one heap, which is given back when the text is read. What counts is how much memory is
looked at, so what belongs together lies together, and what a text does not hold is ruled out by single bits.
"""

from libc.stdint cimport int32_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memcpy, memset

cdef extern from *:
    int __builtin_ctzll(unsigned long long bits)

ctypedef uint64_t Bits

cdef enum:
    ROW = 0
    GAP = 1
    CHOICE = 2
    CHUNK = 1 << 16
    # A phrase that stands in a text more often than this says nothing new; the first places are kept.
    MOST_ENDS = 100

# A part of a pattern is the number of a node, or ~ that of a set of words.
cdef struct Node:
    int32_t kind
    int32_t optional
    int32_t most
    int32_t first
    int32_t after

cdef struct Phrase:
    int32_t owner
    int32_t length
    int32_t skips
    int32_t first
    int32_t after

cdef struct Way:  # one way to say a part: how many words, and the places where it starts
    int32_t length
    Bits *starts

cdef struct Ways:
    int32_t count
    Way *each

cdef struct Row:  # the places of a word
    int32_t word
    Bits *places

cdef struct Among:  # a word that stands in a text among those of a set, and the next one
    Bits *places
    Among *more

cdef struct Chunk:
    Chunk *before

cdef struct Place:  # from word `start` to word `end`, and the words between that it only skipped
    int32_t start
    int32_t end
    int32_t gaps
    int32_t *skipped


cdef void *_cleared(size_t count, size_t size) except NULL:
    cdef void *made = calloc(count + 1, size)
    if made == NULL:
        raise MemoryError
    return made


cdef int32_t *_numbers(list values) except NULL:
    cdef int32_t *made = <int32_t *> _cleared(len(values), sizeof(int32_t))
    cdef Py_ssize_t at
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

    `nodes`: (kind, may be left out, most words, parts), parts before what is made of them. `among`: for every word the
    sets that it is in. `phrases`: (owner, length or -1, parts) in order of their owners. `asked`: for every word the
    phrases that it calls up.
    """

    cdef Node *node
    cdef Phrase *phrase
    cdef int32_t *parts
    cdef int32_t *sets_from
    cdef int32_t *sets_of
    cdef int32_t *asked_from
    cdef int32_t *asked
    cdef Py_ssize_t nodes, sets, phrases, words
    # Kept from one text for the next, and all nought between them.
    cdef Bits **masks
    cdef Ways **ways

    def __cinit__(self, list nodes, list among, list phrases, list asked):
        cdef Py_ssize_t at
        cdef list parts = [part for one in (*nodes, *phrases) for part in one[len(one) - 1]]
        cdef list skips = []
        self.nodes, self.phrases, self.words = len(nodes), len(phrases), len(among)
        self.sets = 1 + max([which for sets in among for which in sets], default=-1)
        if any([part >= self.nodes or ~part >= self.sets for part in parts]) or len(asked) != self.words:
            raise ValueError("a part that there is not")
        self.parts = _numbers(parts)
        self.node = <Node *> _cleared(self.nodes, sizeof(Node))
        self.phrase = <Phrase *> _cleared(self.phrases, sizeof(Phrase))
        at = 0
        for number, (kind, optional, most, mine) in enumerate(nodes):
            self.node[number] = Node(kind, optional, most, at, at + len(mine))
            skips.append(kind == GAP or any([part >= 0 and skips[part] for part in mine]))
            at += len(mine)
        for number, (owner, length, mine) in enumerate(phrases):
            skipping = any([part >= 0 and skips[part] for part in mine])
            self.phrase[number] = Phrase(owner, length, skipping, at, at + len(mine))
            at += len(mine)
        self.sets_from = _numbers(_ends(among))
        self.sets_of = _numbers([which for sets in among for which in sets])
        self.asked_from = _numbers(_ends(asked))
        self.asked = _numbers([number for numbers in asked for number in numbers])

    def __dealloc__(self):
        free(self.node)
        free(self.phrase)
        free(self.parts)
        free(self.sets_from)
        free(self.sets_of)
        free(self.asked_from)
        free(self.asked)
        free(self.masks)
        free(self.ways)

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
    cdef Row *rows
    cdef uint32_t spread
    cdef Bits *standing
    cdef Among **among
    cdef Bits *called
    cdef Bits **masks
    cdef Ways **ways
    cdef int32_t *asked_sets
    cdef int32_t *asked_nodes
    cdef Py_ssize_t many_sets, many_nodes
    cdef int32_t *at
    cdef Bits *open
    cdef Bits *whole
    cdef Bits *every
    cdef Bits *nothing
    cdef Bits *here
    cdef Bits *there
    cdef Bits *behind
    cdef Bits *named
    cdef Bits *ends
    cdef Place *best
    cdef Place **kept

    def __cinit__(self, Book book, list words, list breaks):
        cdef Py_ssize_t index, place = 0, ids_in_all = 0
        cdef tuple ids
        cdef object one
        self.book = book
        self.count = len(words)
        if len(breaks) != self.count:
            raise ValueError("a break or none belongs to every word")
        self.places = self.count + sum(map(bool, breaks))
        self.wide = self.places // 64 + 1  # one more than the last place: what ends there ends behind it
        self.masks, self.ways = book.masks, book.ways
        book.masks, book.ways = NULL, NULL
        if self.masks == NULL:
            self.masks = <Bits **> _cleared(book.sets, sizeof(Bits *))
        if self.ways == NULL:
            self.ways = <Ways **> _cleared(book.nodes, sizeof(Ways *))
        for ids in words:
            ids_in_all += len(ids)
        self.spread = 64
        while self.spread < 2 * ids_in_all:
            self.spread *= 2
        self.rows = <Row *> self.room(self.spread * sizeof(Row))
        self.standing = <Bits *> self.room((book.sets // 64 + 1) * sizeof(Bits))
        self.among = <Among **> self.room((book.sets + 1) * sizeof(Among *))
        self.called = <Bits *> self.room((book.phrases // 64 + 1) * sizeof(Bits))
        self.asked_sets = <int32_t *> self.room((book.sets + 1) * sizeof(int32_t))
        self.asked_nodes = <int32_t *> self.room((book.nodes + 1) * sizeof(int32_t))
        self.at = <int32_t *> self.room((self.places + 1) * sizeof(int32_t))
        self.best = <Place *> self.room((self.count + 1) * sizeof(Place))
        self.kept = <Place **> self.room((self.count + 1) * sizeof(Place *))
        self.open, self.whole, self.every, self.nothing = self.bits(), self.bits(), self.bits(), self.bits()
        self.here, self.there, self.behind = self.bits(), self.bits(), self.bits()
        self.named, self.ends = self.bits(), self.bits()
        memset(self.every, 0xFF, self.wide * sizeof(Bits))
        for index in range(self.count):
            if breaks[index] and index:  # an empty place that nothing reaches over
                self.at[place] = -1
                place += 1
            self.at[place] = index
            _set(self.open, place)
            for one in words[index]:
                if 0 <= one < book.words:
                    self.note(one, place)
            place += 1
        self.places = place
        for index in range(place):
            _set(self.whole, index)

    def __dealloc__(self):
        cdef Chunk *before
        cdef Py_ssize_t at
        if self.masks != NULL:
            for at in range(self.many_sets):
                self.masks[self.asked_sets[at]] = NULL
            if self.book.masks == NULL:
                self.book.masks, self.masks = self.masks, NULL
        if self.ways != NULL:
            for at in range(self.many_nodes):
                self.ways[self.asked_nodes[at]] = NULL
            if self.book.ways == NULL:
                self.book.ways, self.ways = self.ways, NULL
        free(self.masks)
        free(self.ways)
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
            chunk = <Chunk *> _cleared(16 + asked, 1)
            chunk.before, self.heap, self.left = self.heap, chunk, asked
        self.left -= size  # handed out from the end, so that what is left is all there is to know
        return <char *> self.heap + 16 + self.left

    cdef Bits *bits(self) except NULL:
        return <Bits *> self.room(self.wide * sizeof(Bits))

    cdef Row *row_of(self, int32_t word) noexcept:
        """The place in a table of its own size where a word stands, or would."""
        cdef uint32_t at = (<uint32_t> word * 2654435761u) & (self.spread - 1)
        while self.rows[at].places != NULL and self.rows[at].word != word:
            at = (at + 1) & (self.spread - 1)
        return &self.rows[at]

    cdef int note(self, int32_t word, Py_ssize_t place) except -1:
        """Note where a word stands; the first time also which sets stand there by it, and which phrases it calls up."""
        cdef Row *row = self.row_of(word)
        cdef int32_t at, many, which
        cdef Among *among
        if row.places == NULL:
            row.word, row.places = word, self.bits()
            many = self.book.sets_from[word + 1] - self.book.sets_from[word]
            among = <Among *> self.room((many + 1) * sizeof(Among))
            for at in range(many):
                which = self.book.sets_of[self.book.sets_from[word] + at]
                _set(self.standing, which)
                among[at].places, among[at].more = row.places, self.among[which]
                self.among[which] = &among[at]
            for at in range(self.book.asked_from[word], self.book.asked_from[word + 1]):
                _set(self.called, self.book.asked[at])
        _set(row.places, place)
        return 0

    cdef int into(self, dict found) except -1:
        """Find every phrase that a word calls up; those of one owner follow each other."""
        cdef Py_ssize_t word
        cdef int32_t owner = -1
        cdef Bits left
        cdef Phrase *phrase
        for word in range(self.book.phrases // 64 + 1):
            left = self.called[word]
            while left:
                phrase = &self.book.phrase[word * 64 + __builtin_ctzll(left)]
                left &= left - 1
                if self.lacks(phrase.first, phrase.after):
                    continue
                if phrase.owner != owner:
                    self.flush(owner, found)
                    owner = phrase.owner
                self.find(phrase)
        self.flush(owner, found)
        return 0

    cdef bint lacks(self, int32_t first, int32_t after) noexcept:
        """Tell whether parts ask for words that are not there: nearly all do."""
        cdef int32_t at, which
        for at in range(first, after):
            which = ~self.book.parts[at]
            if which >= 0 and not _has(self.standing, which):
                return True
        return False

    cdef int find(self, Phrase *phrase) except -1:
        cdef int32_t end, start, place
        cdef Py_ssize_t word, found = 0
        cdef Bits left
        cdef Place one
        if not self.onward(phrase.first, phrase.after):
            return 0
        memcpy(self.behind, self.here, self.wide * sizeof(Bits))
        if phrase.skips:
            memset(self.named, 0, self.wide * sizeof(Bits))
            self.name(phrase.first, phrase.after)
        for word in range(self.wide):
            left = self.behind[word]
            while left and found < MOST_ENDS:
                end = <int32_t> (word * 64 + __builtin_ctzll(left)) - 1
                left &= left - 1
                found += 1
                start = end - phrase.length + 1 if phrase.length >= 0 else self.back(phrase, end + 1)
                one.gaps = 0
                if phrase.skips:  # words at its ends that only fill a gap are no part of it
                    while start < end and not _has(self.named, start):
                        start += 1
                    while end > start and not _has(self.named, end):
                        end -= 1
                    one.skipped = <int32_t *> self.room((end - start + 1) * sizeof(int32_t))
                    for place in range(start + 1, end):
                        if not _has(self.named, place):
                            one.skipped[one.gaps] = self.at[place]
                            one.gaps += 1
                one.start, one.end = self.at[start], self.at[end]
                if not _has(self.ends, one.end) or _plainer(&one, &self.best[one.end]):
                    _set(self.ends, one.end)
                    self.best[one.end] = one
        return 0

    cdef int flush(self, int32_t owner, dict found) except -1:
        """Hand over what was found for an owner, without what lies in something longer, and begin anew."""
        cdef Py_ssize_t word, at, count = 0
        cdef int32_t step
        cdef Bits left
        cdef Place *one
        cdef list places
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
        if count:
            places = found[owner] = []
            for at in range(count):
                one = self.kept[at]
                skipped = tuple([one.skipped[step] for step in range(one.gaps)]) if one.gaps else ()
                places.append((owner, one.start, one.end, skipped))
        return 0

    cdef Bits *mask(self, int32_t which) except NULL:
        """The places of all words of a set."""
        cdef Bits *found = self.masks[which]
        cdef Among *one = self.among[which]
        cdef Py_ssize_t word
        if found != NULL:
            return found
        if one != NULL:
            found = one.places
            one = one.more
            if one != NULL:  # until now it was the row of one word
                found = <Bits *> memcpy(self.bits(), found, self.wide * sizeof(Bits))
            while one != NULL:
                for word in range(self.wide):
                    found[word] |= one.places[word]
                one = one.more
        if found == NULL:
            found = self.nothing
        self.masks[which] = found
        self.asked_sets[self.many_sets] = which
        self.many_sets += 1
        return found

    cdef Ways *ways_of(self, int32_t number) except NULL:
        """How a node may be said in this text, by its length."""
        cdef Ways *made = self.ways[number]
        cdef Node *node = &self.book.node[number]
        if made != NULL:
            return made
        made = <Ways *> self.room(sizeof(Ways))
        made.each = <Way *> self.room((node.most + 1) * sizeof(Way))
        if node.kind == GAP:
            self.skipping(made, node.most)
        elif node.kind == CHOICE:
            self.choice(made, node)
        elif not self.lacks(node.first, node.after):
            self.row(made, node)
        self.ways[number] = made
        self.asked_nodes[self.many_nodes] = number
        self.many_nodes += 1
        return made

    cdef int skipping(self, Ways *made, int32_t most) except -1:
        cdef int32_t length
        cdef Bits *starts = self.every
        made.count = most + 1
        for length in range(most + 1):
            if length:
                starts = self.bits()
                _before(starts, self.open, made.each[length - 1].starts, length - 1, self.wide)
            made.each[length] = Way(length, starts)
        return 0

    cdef int row(self, Ways *made, Node *node) except -1:
        cdef int32_t at, part, one, other, length, count = 1
        cdef Ways *ways
        cdef Ways word
        cdef Way alone
        cdef Bits **by_length
        word.count, word.each = 1, &alone
        made.each[0] = Way(0, self.every)
        for at in range(node.first, node.after):
            part = self.book.parts[at]
            if part < 0:
                alone, ways = Way(1, self.mask(~part)), &word
            else:
                ways = self.ways_of(part)
            by_length = <Bits **> self.room((node.most + 1) * sizeof(Bits *))
            for one in range(count):
                for other in range(ways.count):
                    length = made.each[one].length + ways.each[other].length
                    if by_length[length] == NULL:
                        by_length[length] = self.bits()
                    _before(
                        by_length[length], ways.each[other].starts, made.each[one].starts, made.each[one].length, self.wide
                    )
            count = self.listed(made.each, by_length, node.most)
            if not count:
                break
        made.count = count
        return 0

    cdef int choice(self, Ways *made, Node *node) except -1:
        cdef int32_t at, part, other
        cdef Ways *ways
        cdef Bits **by_length = <Bits **> self.room((node.most + 1) * sizeof(Bits *))
        if node.optional:
            by_length[0] = self.every
        for at in range(node.first, node.after):
            part = self.book.parts[at]
            if part >= 0:
                ways = self.ways_of(part)
                for other in range(ways.count):
                    self.add(by_length, ways.each[other].length, ways.each[other].starts)
            elif _has(self.standing, ~part):
                self.add(by_length, 1, self.mask(~part))
        made.count = self.listed(made.each, by_length, node.most)
        return 0

    cdef int add(self, Bits **by_length, int32_t length, Bits *starts) except -1:
        cdef Py_ssize_t word
        if by_length[length] == self.every:
            return 0
        if by_length[length] == NULL:
            by_length[length] = self.bits()
        for word in range(self.wide):
            by_length[length][word] |= starts[word]
        return 0

    cdef int32_t listed(self, Way *ways, Bits **by_length, int32_t most) noexcept:
        """List the lengths that have any place."""
        cdef int32_t length, count = 0
        for length in range(most + 1):
            if by_length[length] != NULL and _any(by_length[length], self.wide):
                ways[count] = Way(length, by_length[length])
                count += 1
        return count

    cdef bint onward(self, int32_t first, int32_t after) except? True:
        """Tell whether parts stand behind each other anywhere; the places right behind them are then `here`."""
        cdef int32_t at, part, step
        cdef Ways *ways
        memcpy(self.here, self.whole, self.wide * sizeof(Bits))
        for at in range(first, after):
            part = self.book.parts[at]
            memset(self.there, 0, self.wide * sizeof(Bits))
            if part < 0:
                _ahead(self.there, self.here, self.mask(~part), 1, self.wide)
            else:
                ways = self.ways_of(part)
                for step in range(ways.count):
                    _ahead(self.there, self.here, ways.each[step].starts, ways.each[step].length, self.wide)
            self.here, self.there = self.there, self.here
            if not _any(self.here, self.wide):
                return False
        return True

    cdef int32_t back(self, Phrase *phrase, int32_t end) except -1:
        """The first place where a phrase starts that ends right before `end`."""
        cdef int32_t at, part, step
        cdef Py_ssize_t word
        cdef Ways *ways
        memset(self.here, 0, self.wide * sizeof(Bits))
        _set(self.here, end)
        for at in range(phrase.after - 1, phrase.first - 1, -1):
            part = self.book.parts[at]
            memset(self.there, 0, self.wide * sizeof(Bits))
            if part < 0:
                _before(self.there, self.here, self.mask(~part), 1, self.wide)
            else:
                ways = self.ways_of(part)
                for step in range(ways.count):
                    _before(self.there, self.here, ways.each[step].starts, ways.each[step].length, self.wide)
            self.here, self.there = self.there, self.here
        for word in range(self.wide):
            if self.here[word]:
                return <int32_t> (word * 64 + __builtin_ctzll(self.here[word]))
        raise ValueError("a phrase ends where none begins")

    cdef int name(self, int32_t first, int32_t after) except -1:
        """Add the places of all words that parts name to `named`."""
        cdef int32_t at, part
        cdef Py_ssize_t word
        cdef Bits *places
        for at in range(first, after):
            part = self.book.parts[at]
            if part >= 0:
                self.name(self.book.node[part].first, self.book.node[part].after)
            elif _has(self.standing, ~part):
                places = self.mask(~part)
                for word in range(self.wide):
                    self.named[word] |= places[word]
        return 0


cdef inline void _set(Bits *bits, Py_ssize_t at) noexcept:
    bits[at >> 6] |= <Bits> 1 << (at & 63)


cdef inline bint _has(Bits *bits, Py_ssize_t at) noexcept:
    return (bits[at >> 6] >> (at & 63)) & 1


cdef inline bint _any(Bits *bits, Py_ssize_t wide) noexcept:
    cdef Py_ssize_t word
    for word in range(wide):
        if bits[word]:
            return True
    return False


cdef inline void _ahead(Bits *into, Bits *here, Bits *starts, int32_t length, Py_ssize_t wide) noexcept:
    """Add the places of `here` that are among `starts`, so many words further on."""
    cdef Py_ssize_t word, jump = length >> 6
    cdef int32_t step = length & 63
    for word in range(wide - jump):
        into[word + jump] |= (here[word] & starts[word]) << step
    if step:
        for word in range(wide - jump - 1):
            into[word + jump + 1] |= (here[word] & starts[word]) >> (64 - step)


cdef inline void _before(Bits *into, Bits *here, Bits *starts, int32_t length, Py_ssize_t wide) noexcept:
    """Add the places of `starts` that lie so many words before a place of `here`."""
    cdef Py_ssize_t word, jump = length >> 6
    cdef int32_t step = length & 63
    for word in range(wide - jump):
        into[word] |= (here[word + jump] >> step) & starts[word]
    if step:
        for word in range(wide - jump - 1):
            into[word] |= (here[word + jump + 1] << (64 - step)) & starts[word]

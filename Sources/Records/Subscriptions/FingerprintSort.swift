/// Sorts entries by fingerprint and offset, in place. Fingerprints are parts of keyed hashes, as good as random: a
/// byte at a time sends every entry to one of 256 places, and two bytes bring a million nearly into order, each pass
/// within what a processor's cache holds (McIlroy, Bostic, McIlroy: Engineering Radix Sort, 1993).
func sortByFingerprint(_ entries: UnsafeMutableBufferPointer<SubscriberIndex.Entry>) {
    withUnsafeTemporaryAllocation(of: Int.self, capacity: 2 * 256 * 8) { room in
        sort(entries, shift: 56, room)
    }
}

/// `shift` says which byte of the fingerprint is next; `room` is for the places of this byte and those after it.
private func sort(
    _ entries: UnsafeMutableBufferPointer<SubscriberIndex.Entry>, shift: Int, _ room: UnsafeMutableBufferPointer<Int>
) {
    guard entries.count > 32 else { return insertionSort(entries) }
    guard shift >= 0 else {
        // All of one fingerprint.
        var entries = entries
        return entries.sort { $0.offset < $1.offset }
    }
    let next = UnsafeMutableBufferPointer(rebasing: room[..<256])
    let ends = UnsafeMutableBufferPointer(rebasing: room[256..<512])
    func home(_ entry: SubscriberIndex.Entry) -> Int {
        Int(truncatingIfNeeded: entry.fingerprint >> UInt64(shift)) & 255
    }
    next.update(repeating: 0)
    for entry in entries { next[home(entry)] += 1 }
    var sum = 0
    for place in 0..<256 {
        let count = next[place]
        next[place] = sum
        sum += count
        ends[place] = sum
    }
    for place in 0..<256 {
        while next[place] < ends[place] {
            // Sends each entry home, and the one that it finds there on to its own.
            var entry = entries[next[place]]
            var its = home(entry)
            while its != place {
                swap(&entry, &entries[next[its]])
                next[its] += 1
                its = home(entry)
            }
            entries[next[place]] = entry
            next[place] += 1
        }
    }
    var start = 0
    for place in 0..<256 {
        let end = ends[place]
        sort(
            UnsafeMutableBufferPointer(rebasing: entries[start..<end]), shift: shift - 8,
            UnsafeMutableBufferPointer(rebasing: room[min(512, room.count)...]))
        start = end
    }
}

private func insertionSort(_ entries: UnsafeMutableBufferPointer<SubscriberIndex.Entry>) {
    guard entries.count > 1 else { return }
    for index in 1..<entries.count {
        let entry = entries[index]
        var hole = index
        while hole > 0, entry < entries[hole - 1] {
            entries[hole] = entries[hole - 1]
            hole -= 1
        }
        entries[hole] = entry
    }
}

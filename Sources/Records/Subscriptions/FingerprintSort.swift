/// Sorts entries by fingerprint and offset, in place. Fingerprints are parts of keyed hashes, as good as random: one
/// byte distributes all entries into 256 buckets, and two bytes bring a million nearly into order, each pass within the
/// processor's cache (McIlroy, Bostic, McIlroy: Engineering Radix Sort, 1993).
func sortByFingerprint(_ entries: UnsafeMutableBufferPointer<SubscriberIndex.Entry>) {
    withUnsafeTemporaryAllocation(of: Int.self, capacity: 2 * 256 * 8) { room in
        sort(entries, shift: 56, room)
    }
}

/// `shift` selects the next byte of the fingerprint; `room` is for the buckets of this byte and the following ones.
private func sort(
    _ entries: UnsafeMutableBufferPointer<SubscriberIndex.Entry>, shift: Int, _ room: UnsafeMutableBufferPointer<Int>
) {
    guard entries.count > 32 else { return insertionSort(entries) }
    guard shift >= 0 else {
        // All have the same fingerprint.
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
            // Moves each entry to its bucket, and the one it displaces to its own.
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

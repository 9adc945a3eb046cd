/// Sorts entries by fingerprint and offset, in place. Fingerprints are parts of keyed hashes, as good as random: their
/// upper bits say at once about where each belongs, and a million are sorted in a few passes over the memory.
func sortByFingerprint(_ entries: UnsafeMutableBufferPointer<RollIndex.Entry>) {
    guard entries.count > 4096 else { return sortByComparing(entries) }
    // About eight entries a bucket.
    let bits = min(17, Int.bitWidth - (entries.count / 8).leadingZeroBitCount - 1)
    let shift = UInt64(64 - bits)
    var ends = [Int](repeating: 0, count: 1 << bits)
    for entry in entries { ends[Int(entry.fingerprint >> shift)] += 1 }
    var sum = 0
    var next = ends
    for bucket in ends.indices {
        next[bucket] = sum
        sum += ends[bucket]
        ends[bucket] = sum
    }
    next.withUnsafeMutableBufferPointer { next in
        ends.withUnsafeBufferPointer { ends in
            for bucket in ends.indices {
                while next[bucket] < ends[bucket] {
                    // Sends each entry home, and the one that it finds there on to its own.
                    var entry = entries[next[bucket]]
                    var home = Int(entry.fingerprint >> shift)
                    while home != bucket {
                        swap(&entry, &entries[next[home]])
                        next[home] += 1
                        home = Int(entry.fingerprint >> shift)
                    }
                    entries[next[bucket]] = entry
                    next[bucket] += 1
                }
            }
        }
    }
    var start = 0
    for end in ends {
        sortBucket(UnsafeMutableBufferPointer(rebasing: entries[start..<end]))
        start = end
    }
}

private func sortBucket(_ entries: UnsafeMutableBufferPointer<RollIndex.Entry>) {
    guard entries.count < 32 else { return sortByComparing(entries) }
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

private func sortByComparing(_ entries: UnsafeMutableBufferPointer<RollIndex.Entry>) {
    var entries = entries
    entries.sort(by: <)
}

/// The name among `names` that somebody who wrote `written` most likely meant: letter case and separators aside, at
/// most a third of its letters wrong (two neighbours swapped count as one). Nil where none is that near.
package func nearestName(to written: String, among names: some Sequence<String>) -> String? {
    let wanted = Array(folded(written).prefix(80))
    guard !wanted.isEmpty else { return nil }
    var best: (name: String, distance: Int)?
    for name in names {
        let candidate = Array(folded(name))
        let bound = max(1, max(wanted.count, candidate.count) / 3)
        guard abs(wanted.count - candidate.count) <= bound else { continue }
        let distance = editDistance(wanted, candidate)
        if distance <= bound, distance < best?.distance ?? .max { best = (name, distance) }
    }
    return best?.name
}

private func folded(_ text: String) -> String {
    text.lowercased().filter { $0 != "-" && $0 != "_" && $0 != " " }
}

/// Optimal string alignment: insertions, deletions, substitutions, swaps of neighbours.
private func editDistance(_ left: [Character], _ right: [Character]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for (row, character) in left.enumerated() {
        var current = [row + 1]
        for (column, other) in right.enumerated() {
            var cost = min(last[column + 1] + 1, current[column] + 1, last[column] + (character == other ? 0 : 1))
            if row > 0, column > 0, character == right[column - 1], left[row - 1] == other {
                cost = min(cost, beforeLast[column - 1] + 1)
            }
            current.append(cost)
        }
        (beforeLast, last) = (last, current)
    }
    return last[right.count]
}

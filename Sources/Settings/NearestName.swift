/// The name that a person most likely meant: the nearest by edit distance, case aside, if it is near enough.
func nearest(to text: String, among names: [String]) -> String? {
    let wanted = Array(text.lowercased().utf8.prefix(64))
    let limit = max(1, min(3, wanted.count / 3))
    return names.map { ($0, editDistance(wanted, Array($0.lowercased().utf8))) }
        .filter { $0.1 <= limit }
        .min { $0.1 < $1.1 }?.0
}

/// The number of bytes to insert, delete, replace or swap with their neighbour to make one of the other
/// (optimal string alignment).
func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var rows = [Array(0...right.count)]
    for (i, byte) in left.enumerated() {
        var row = [i + 1]
        for (j, other) in right.enumerated() {
            var cost = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (byte == other ? 0 : 1))
            if i > 0, j > 0, byte == right[j - 1], left[i - 1] == other { cost = min(cost, rows[i - 1][j - 1] + 1) }
            row.append(cost)
        }
        rows.append(row)
    }
    return rows[left.count][right.count]
}

/// The first anchor, alias or tag of a text. Found before the text is parsed, because the parser would follow aliases,
/// which can make a small file cost any amount of time, and forgets anchors afterwards.
enum YAMLIndicator {
    static func first(in text: String) -> YAMLFault? {
        var scan = Scan()
        for (index, line) in text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if let (reason, column) = scan.take(Array(line.last == "\r" ? line.dropLast() : line)) {
                return YAMLFault(reason: reason, position: YAMLPosition(line: index + 1, column: column + 1))
            }
        }
        return nil
    }

    /// Reads line by line; knows enough of YAML to tell where a token begins.
    private struct Scan {
        private enum State: Hashable { case tokenStart, plain, afterToken, single, double }

        private var state = State.tokenStart
        private var flow = 0
        /// The column that a block scalar's, or a plain scalar's further lines must lie to the right of.
        private var parent = -1
        private var inBlock = false
        /// Where this line's first token stands, dashes aside: its key, if it has one.
        private var firstToken: Int?

        mutating func take(_ line: [Unicode.Scalar]) -> (YAMLFault.Reason, Int)? {
            guard let indent = line.firstIndex(where: { $0 != " " }) else { return nil }
            if inBlock {
                guard indent <= parent else { return nil }
                inBlock = false
            }
            let continues = state == .plain && (flow > 0 || indent > parent)
            if state != .single && state != .double && !continues {
                // A value that its key's line did not have yet still belongs to that key.
                if flow == 0 && (state != .tokenStart || indent <= parent) { parent = -1 }
                state = .tokenStart
            }
            var index = indent
            if state == .tokenStart, flow == 0, line.count > 3, indent == 0, line[..<3].allSatisfy({ $0 == "-" }) {
                index = 3
            }
            firstToken = nil
            while index < line.count, !inBlock {
                let next = index + 1 < line.count ? line[index + 1] : " "
                let ends = next == " " || next == "\t" || (flow > 0 && ",[]{}".unicodeScalars.contains(next))
                let comment = line[index] == "#" && (index == 0 || line[index - 1] == " " || line[index - 1] == "\t")
                switch state {
                case .single:
                    if line[index] == "'" {
                        if next == "'" { index += 1 } else { state = .afterToken }
                    }
                case .double:
                    if line[index] == "\\" {
                        index += 1
                    } else if line[index] == "\"" {
                        state = .afterToken
                    }
                case .tokenStart:
                    if comment { return nil }
                    if let reason = begin(line[index], ends, at: index) { return (reason, index) }
                case .plain, .afterToken:
                    if comment {
                        state = .afterToken
                        return nil
                    }
                    go(on: line[index], ends)
                }
                index += 1
            }
            return nil
        }

        private mutating func begin(_ scalar: Unicode.Scalar, _ ends: Bool, at column: Int) -> YAMLFault.Reason? {
            switch scalar {
            case " ", "\t", ",": break
            case "&": return .anchor
            case "*": return .alias
            case "!": return .tag
            case "[", "{": flow += 1
            case "]", "}": close()
            case "-" where ends && flow == 0 && firstToken == nil: parent = column
            case "?" where ends, ":" where ends: break
            case "|" where flow == 0, ">" where flow == 0: inBlock = true
            default:
                if flow == 0 && firstToken == nil { firstToken = column }
                state = scalar == "'" ? .single : scalar == "\"" ? .double : .plain
            }
            return nil
        }

        private mutating func go(on scalar: Unicode.Scalar, _ ends: Bool) {
            switch scalar {
            case ":" where ends || (flow > 0 && state == .afterToken):
                if flow == 0, let firstToken { parent = firstToken }
                state = .tokenStart
            case "," where flow > 0: state = .tokenStart
            case "[" where flow > 0, "{" where flow > 0:
                flow += 1
                state = .tokenStart
            case "]" where flow > 0, "}" where flow > 0: close()
            default: break
            }
        }

        private mutating func close() {
            flow = max(0, flow - 1)
            state = .afterToken
        }
    }
}

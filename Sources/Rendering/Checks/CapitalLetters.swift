import Bulletin

/// Runs of words in capitals.
enum CapitalRuns {
    /// At least three words and twelve letters: initials and names of organisations are shorter.
    static func longest(in text: String) -> String? {
        var best: [Substring] = []
        var run: [Substring] = []
        for word in text.split(whereSeparator: \.isWhitespace) {
            let letters = word.filter(\.isLetter)
            let isShouted = letters.count >= 2 && letters.allSatisfy(\.isUppercase)
            // "&" and numbers neither make nor break a run.
            if isShouted || (letters.isEmpty && !run.isEmpty) { run.append(word) } else { run = [] }
            if letterCount(run) > letterCount(best) { best = run }
        }
        let words = best.count { $0.contains(where: \.isLetter) }
        let letters = letterCount(best)
        let whole = text.filter(\.isLetter).count
        // A short text entirely in capitals counts too.
        guard words >= 3 && letters >= 12 || letters == whole && letters >= 8 else { return nil }
        return best.joined(separator: " ")
    }

    private static func letterCount(_ words: [Substring]) -> Int {
        words.reduce(0) { $0 + $1.count(where: \.isLetter) }
    }
}

/// Acronyms that the text does not explain.
struct AcronymCheck {
    private let texts: [(field: String, text: String)]

    /// Acronyms that most readers in Britain know better than the words.
    private static let known: Set<String> = [
        "NHS", "UK", "GP", "MP", "BBC", "TV", "PDF", "ID", "OK", "PO", "AM", "PM", "BST", "GMT", "UTC", "EU", "US",
        "USA",
        "QR", "CD", "DVD", "DIY", "CV", "VAT", "HIV", "IT", "PC", "AGM", "FAQ", "PS", "RSVP", "SMS", "USB", "DJ", "MA",
        "BA", "II", "III", "IV", "VI", "VII", "VIII", "IX", "XI", "XII", "BSL", "LGBT", "COVID", "STOP", "AND", "OR",
        "NOT",
    ]

    init(_ item: Item, _ summary: CheckedText) {
        texts = [("title", item.title), ("summary", summary.passages.joined(separator: "\n"))]
    }

    func add(to findings: inout ItemCheck.Findings) {
        let all = texts.map(\.text).joined(separator: "\n")
        var seen: Set<Substring> = []
        for (field, text) in texts {
            // Words already reported as capitals are not reported again.
            let shouted = Set(CapitalRuns.longest(in: text).map { CheckedText.words(of: $0) } ?? [])
            for word in CheckedText.words(of: text)
            where isAcronym(word) && !shouted.contains(word) && seen.insert(word).inserted {
                guard !all.contains("(\(word))"), !all.contains("\(word) (") else { continue }
                findings.add(
                    .acronym, field,
                    "\(word) is not explained; write it in full once, with \(word) in brackets after them")
            }
        }
    }

    private func isAcronym(_ word: Substring) -> Bool {
        (2...6).contains(word.count) && word.allSatisfy { $0.isUppercase && $0.isASCII }
            && !Self.known.contains(String(word))
    }
}

/// Web addresses that will not work for readers.
enum DeadLink {
    /// The fault of `address`, in words that follow it; nil if none is visible.
    static func trouble(of address: String) -> String? {
        let lower = address.lowercased()
        guard lower.hasPrefix("http://") || lower.hasPrefix("https://") else { return nil }
        let rest = lower.drop { $0 != "/" }.dropFirst(2)
        let authority = rest.prefix { !"/?#".contains($0) }
        let host = String(authority.split(separator: "@").last?.split(separator: ":").first ?? "")
        let ends = [".local", ".localhost", ".test", ".invalid", ".internal", ".lan"]
        let isPrivate =
            host == "localhost" || host.hasPrefix("127.") || host.hasPrefix("10.") || host.hasPrefix("192.168.")
            || ends.contains(where: host.hasSuffix)
        if isPrivate { return "leads to a machine that readers cannot reach; use the public address" }
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        if labels.count < 2 || labels.contains("") || authority.hasPrefix("[") {
            return "looks dead: it names no site; check it in a browser"
        }
        if rest.contains("http:/")
            || rest.contains("https:/") && !rest.contains("web.archive.org") && !rest.contains("=http")
        {
            return "has a second address in it; check it in a browser"
        }
        if ["yourdomain", "yoursite", "todo", "xxxx"].contains(where: rest.contains) {
            return "looks like a placeholder; use the real address"
        }
        return lower.hasPrefix("http://") ? "is not https; use https:// if the site has it" : nil
    }
}

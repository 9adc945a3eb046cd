/// The age at which most people can read a text: the Flesch-Kincaid grade (Kincaid and others, 1975) plus five years.
/// English only; syllables are counted by groups of vowels, which is right for nine words in ten.
enum ReadingAge {
    /// Fewer words than these are too few to judge.
    private static let leastWords = 30

    /// Nil if the text is too short to judge.
    static func years(of text: CheckedText) -> Int? {
        let sentences = text.sentences
        let words = sentences.flatMap { CheckedText.words(of: $0) }.filter { $0.contains(where: \.isLetter) }
        guard words.count >= leastWords, !sentences.isEmpty else { return nil }
        let syllables = words.reduce(0) { $0 + self.syllables(of: $1) }
        let grade =
            0.39 * Double(words.count) / Double(sentences.count) + 11.8 * Double(syllables) / Double(words.count)
            - 15.59
        return max(5, Int((grade + 5).rounded()))
    }

    static func syllables(of word: some StringProtocol) -> Int {
        let letters = word.lowercased().filter(\.isLetter)
        var count = 0
        var wasVowel = false
        for letter in letters {
            let isVowel = "aeiouyàáâäèéêëìíîïòóôöùúûü".contains(letter)
            if isVowel, !wasVowel { count += 1 }
            wasVowel = isVowel
        }
        // A silent ending: "care", "helped", but not "table", "needed".
        if letters.hasSuffix("e"), !letters.hasSuffix("le") { count -= 1 }
        if letters.hasSuffix("ed"), !letters.hasSuffix("ted"), !letters.hasSuffix("ded") { count -= 1 }
        if letters.hasSuffix("es"), let before = letters.dropLast(2).last, !"sxzcgh".contains(before) { count -= 1 }
        return max(1, count)
    }
}

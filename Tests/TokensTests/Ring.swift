import Tokens

/// The keys of the stored samples: their secret is the bytes 0 to 31.
let ring = TokenKeys(secret: Array(0..<32))
/// Keys from another secret.
let otherRing = TokenKeys(secret: Array(repeating: 7, count: 32))

/// A generator that gives the same numbers in every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Every text that differs from `text` in one character.
func oneCharacterOff(_ text: String) -> [String] {
    let characters = Array(text)
    return characters.indices.flatMap { index in
        "abz27.+".compactMap { replacement in
            guard characters[index] != replacement else { return nil }
            var changed = characters
            changed[index] = replacement
            return String(changed)
        }
    }
}

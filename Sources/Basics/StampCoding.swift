package import Foundation

// Instants in JSON are RFC 3339 text, whatever a coder's default is.

extension KeyedDecodingContainer {
    /// The instant under `key`; nil where there is none. Throws where it is not RFC 3339.
    package func decodeStampIfPresent(forKey key: Key) throws -> Date? {
        guard let text = try decodeIfPresent(String.self, forKey: key) else { return nil }
        guard let date = Date(rfc3339: text) else {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: self,
                debugDescription: "\(text) is not a time such as 2026-12-02T10:00:00.000Z")
        }
        return date
    }

    /// The instant under `key`. Throws where there is none, or it is not RFC 3339.
    package func decodeStamp(forKey key: Key) throws -> Date {
        guard let date = try decodeStampIfPresent(forKey: key) else {
            throw DecodingError.keyNotFound(
                key, DecodingError.Context(codingPath: codingPath, debugDescription: "there is no \(key.stringValue)"))
        }
        return date
    }
}

extension KeyedEncodingContainer {
    package mutating func encode(stamp date: Date, forKey key: Key) throws { try encode(date.stamp, forKey: key) }

    package mutating func encode(stampIfPresent date: Date?, forKey key: Key) throws {
        try encodeIfPresent(date?.stamp, forKey: key)
    }
}

/// The kinds of picture that are served, by the ending of the file's name.
enum PictureType {
    /// Nil for a file that is no picture: it is not served.
    static func named(_ file: String) -> String? {
        switch file.lowercased().split(separator: ".").last {
        case "jpg", "jpeg": "image/jpeg"
        case "png": "image/png"
        case "gif": "image/gif"
        case "webp": "image/webp"
        default: nil
        }
    }
}

{-# LANGUAGE OverloadedStrings #-}

-- | authenticate-oauth: @genSign oauth credential request@, which its @signOAuth@ calls after it has put nonce, timestamp and the other
-- protocol parameters into the credential; here the application puts them there. The request is http-client's, made with its
-- @parseRequest@. @paramEncode@ is its percent-encoding. Its header is written by what is not exported, and so is the base string.
module Main (main) where

import Control.Exception (SomeException, evaluate, try)
import Control.Monad (forM_, when)
import Data.Aeson (Value (..), decodeStrict', encode, object, (.=))
import qualified Data.Aeson.Key as Key
import qualified Data.Aeson.KeyMap as KeyMap
import qualified Data.ByteString as Octets
import qualified Data.ByteString.Base64 as Base64
import qualified Data.ByteString.Char8 as Octets8
import qualified Data.ByteString.Lazy.Char8 as Lazy
import qualified Data.CaseInsensitive as CaseInsensitive
import Data.Foldable (toList)
import Data.Maybe (fromMaybe)
import qualified Data.Text as Text
import qualified Data.Text.Encoding as Text
import Network.HTTP.Client (Request (..), RequestBody (..), parseRequest)
import System.IO (BufferMode (..), hSetBuffering, isEOF, stdout)
import Web.Authenticate.OAuth

-- | Lines are read and answered one after the other; the pipe holds those that wait.
maxInFlight :: Int
maxInFlight = 64

-- | An answer without its id.
type Answer = [(Key.Key, Value)]

result :: [(Key.Key, Value)] -> Answer
result output = ["type" .= Text.pack "result", "output" .= KeyMap.fromList output]

unsupported, refused :: Text.Text -> Answer
unsupported what = ["type" .= Text.pack "unsupported", "what" .= what]
refused why = ["type" .= Text.pack "reject", "message" .= why]

member :: Key.Key -> Value -> Value
member name (Object members) = fromMaybe Null (KeyMap.lookup name members)
member _ _ = Null

-- | A text as octets. Octets that are not UTF-8 are written {"base64": "…"}.
octets :: Value -> Maybe Octets.ByteString
octets (String text) = Just (Text.encodeUtf8 text)
octets value@(Object _) = either (const Nothing) Just . Base64.decode =<< octets (member "base64" value)
octets _ = Nothing

written :: Octets.ByteString -> Value
written value = either (const (object ["base64" .= Text.decodeUtf8 (Base64.encode value)])) String (Text.decodeUtf8' value)

pairs :: Value -> [(Octets.ByteString, Octets.ByteString)]
pairs (Array list) = [(name, value) | Array pair <- toList list, [Just name, Just value] <- [map octets (toList pair)]]
pairs _ = []

methods :: [(Octets.ByteString, SignMethod)]
methods = [("HMAC-SHA1", HMACSHA1), ("HMAC-SHA256", HMACSHA256), ("HMAC-SHA512", HMACSHA512), ("PLAINTEXT", PLAINTEXT)]

sign :: Value -> IO Answer
sign asked
    | "host" `elem` map (CaseInsensitive.foldCase . fst) headers = pure (unsupported "feature:host_field")
    | otherwise = case text "signature_method" >>= (`lookup` methods) of
        Nothing -> pure (refused "there is no constructor for this signature method")
        Just chosen -> do
            request <- parseRequest (maybe "" Octets8.unpack (text "url"))
            signature <- genSign (oauth chosen) credential (sent request)
            pure (result ["signature" .= written signature])
  where
    text name = octets (member name asked)
    headers = pairs (member "headers" asked)
    secretOf owner = fromMaybe "" (octets (member "secret" (member owner asked)))
    oauth chosen =
        newOAuth
            { oauthServerName = "",
              oauthSignatureMethod = chosen,
              oauthConsumerKey = fromMaybe "" (octets (member "identifier" (member "client" asked))),
              oauthConsumerSecret = secretOf "client"
            }
    sent request =
        request
            { method = fromMaybe "" (text "method"),
              requestHeaders = [(CaseInsensitive.mk name, value) | (name, value) <- headers],
              requestBody = RequestBodyBS (fromMaybe "" (text "body"))
            }
    protocol =
        [ (name, value)
          | (name, Just value) <-
                [ ("oauth_consumer_key", octets (member "identifier" (member "client" asked))),
                  ("oauth_token", octets (member "identifier" (member "token" asked))),
                  ("oauth_signature_method", text "signature_method"),
                  ("oauth_timestamp", text "timestamp"),
                  ("oauth_nonce", text "nonce"),
                  ("oauth_version", text "version"),
                  ("oauth_callback", text "callback"),
                  ("oauth_verifier", text "verifier"),
                  ("oauth_body_hash", text "body_hash")
                ]
        ]
    credential = Credential (("oauth_token_secret", secretOf "token") : protocol ++ pairs (member "extra" asked))

percentEncode :: Value -> IO Answer
percentEncode asked = pure (result ["encoded" .= written (paramEncode (fromMaybe "" (octets (member "text" asked))))])

say :: [(Key.Key, Value)] -> IO ()
say message = Lazy.putStrLn (encode (KeyMap.fromList message))

-- | An exception is the library's way of saying no.
answer :: IO Answer -> IO Answer
answer asking = do
    tried <- try (asking >>= \said -> evaluate (Lazy.length (encode (KeyMap.fromList said))) >> pure said)
    pure (either (\refusal -> refused (Text.pack (take 500 (show (refusal :: SomeException))))) id tried)

main :: IO ()
main = do
    hSetBuffering stdout LineBuffering
    say
        [ "type" .= Text.pack "hello",
          "protocol" .= (1 :: Int),
          "implementation"
            .= object
                [ "name" .= Text.pack "authenticate-oauth",
                  "version" .= Text.pack "1.7",
                  "language" .= Text.pack "Haskell",
                  "homepage" .= Text.pack "https://hackage.haskell.org/package/authenticate-oauth"
                ],
          "operations" .= map Text.pack ["sign", "percent_encode"],
          "signature_methods" .= map (Text.decodeUtf8 . fst) methods,
          "features"
            .= map
                Text.pack
                ["form_body", "duplicates", "extra_parameters", "callback", "verifier", "no_version", "fixed_nonce", "body_hash"],
          "max_in_flight" .= maxInFlight
        ]
    loop
  where
    loop = do
        ended <- isEOF
        when (not ended) $ do
            line <- Octets8.getLine
            forM_ (decodeStrict' line) $ \message -> case member "type" message of
                String "run" -> do
                    let input = member "input" message
                    said <- answer (if member "operation" message == String "sign" then sign input else percentEncode input)
                    say (("id", member "id" message) : said)
                _ -> pure ()
            when (fmap (member "type") (decodeStrict' line) /= Just (String "bye")) loop

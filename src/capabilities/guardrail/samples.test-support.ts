import { checksumOf } from "./keys.ts";

/** One valid value of each kind, made up or published as an example. */
const random = "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ";
const own = "sp-AbCdEfGh1234-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg";
export const pem = `-----BEGIN PRIVATE KEY-----\n${"MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n".repeat(12)}-----END PRIVATE KEY-----`;

export const samples: readonly (readonly [kind: string, value: string])[] = [
  ["email", "jane.doe+x@mail.example.com"],
  ["phone", "+49 30 901820-12"],
  ["phone", "(415) 555-2671"],
  ["phone", "01 23 45 67 89"],
  ["card", "4111 1111 1111 1111"],
  ["card", "378282246310005"],
  ["card", "5555-5555-5555-4444"],
  ["iban", "DE89 3704 0044 0532 0130 00"],
  ["iban", "GB82WEST12345698765432"],
  ["us-ssn", "536-90-4399"],
  ["br-cpf", "529.982.247-25"],
  ["br-cnpj", "11.222.333/0001-81"],
  ["es-dni", "12345678Z"],
  ["es-nie", "X1234567L"],
  ["fr-nir", "2 55 08 14 168 025 38"],
  ["de-tax-id", "86095742719"],
  ["it-codice-fiscale", "RSSMRA85T10A562S"],
  ["pl-pesel", "44051401359"],
  ["in-aadhaar", "2341 2341 2346"],
  ["ip", "203.0.113.77"],
  ["ip", "2001:db8::8a2e:370:7334"],
  ["mac", "00:1B:44:11:3A:B7"],
  ["crypto-address", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"],
  ["crypto-address", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"],
  ["crypto-address", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"],
  ["provider-key", "AKIAIOSFODNN7EXAMPLE"],
  ["provider-key", `sk-ant-api03-${"aB3dE5".repeat(15)}-AA`],
  ["github-token", `ghp_${random}${checksumOf(random)}`],
  ["jwt", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"],
  ["private-key", pem],
  ["gateway-key", `${own}${checksumOf(own)}`],
];
